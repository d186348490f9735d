// Prints, for each profile named, the access key id that the JavaScript SDK signs with, or null where it finds none.
import { fromIni } from "@aws-sdk/credential-providers";

const found = {};
for (const profile of process.argv.slice(2)) {
  try {
    const credentials = await fromIni({ profile, clientConfig: { region: "us-east-1" } })();
    found[profile] = credentials.accessKeyId;
  } catch (error) {
    found[profile] = null;
    console.error(`${profile}: ${error.name}: ${error.message}`);
  }
}
console.log(JSON.stringify(found));
