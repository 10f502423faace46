// A device that is a page and runs mqtt.js: posts each message back to where the page came from.
const [url, clientId, filter, qos, version] = location.hash.slice(1).split('/').map(decodeURIComponent);
const client = mqtt.connect(url, { clientId, protocolVersion: Number(version), reconnectPeriod: 0 });

function tell(text) {
  fetch('told', { method: 'POST', body: text });
}

client.on('connect', () =>
  client.subscribe(filter, { qos: Number(qos) }, (error, granted) => {
    if (error || granted[0].qos !== Number(qos)) {
      tell(`SUBACK ${error ?? granted[0].qos}`);
    }
  }));
client.on('message', (topic, payload, packet) =>
  tell(JSON.stringify({
    topic,
    payload: payload.toString(),
    contentType: packet.properties?.contentType,
    messageId: packet.properties?.userProperties?.['message-id'],
  })));
client.on('error', (error) => tell(`error ${error}`));
