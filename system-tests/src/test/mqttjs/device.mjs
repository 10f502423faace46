// A device that runs mqtt.js on Node: prints each message as a line of JSON, until its input ends.
import { readFileSync } from 'node:fs';
import mqtt from 'mqtt';

const [url, clientId, filter, qos, version, ca] = process.argv.slice(2);
const client = mqtt.connect(url, {
  clientId,
  protocolVersion: Number(version),
  reconnectPeriod: 0,
  ...(ca && { ca: readFileSync(ca) }),
});

function fail(what) {
  console.log(what);
  process.exit(1);
}

client.on('connect', () =>
  client.subscribe(filter, { qos: Number(qos) }, (error, granted) => {
    if (error || granted[0].qos !== Number(qos)) {
      fail(`SUBACK ${error ?? granted[0].qos}`);
    }
  }));
client.on('message', (topic, payload, packet) =>
  console.log(JSON.stringify({
    topic,
    payload: payload.toString(),
    contentType: packet.properties?.contentType,
    messageId: packet.properties?.userProperties?.['message-id'],
  })));
client.on('error', (error) => fail(`error ${error}`));
client.on('close', () => process.exit(0));
process.stdin.on('end', () => client.end()).resume();
setTimeout(() => fail('nobody ended this'), 60_000).unref();
