"""The bundled example: a home folder with AWS files of several kinds, and two small repositories with keys in them.

All keys are made up.
"""
