// SPDX-License-Identifier: Apache-2.0
// A man in the middle between one oracle node and its broker, for the demo and the tests: it speaks
// mutual TLS on both sides and alters the readings of ONE meter on their way to the node. The node
// behind it is honest; what it is fed is not. Loopback only.
//
// usage: falsify.mjs --broker 127.0.0.1:8883 --ca ca.pem --cert node.pem --key node.key
//                    --server-cert broker.pem --server-key broker.key --device dev-007
// prints {"port":N} when it listens.
import fs from 'node:fs';
import tls from 'node:tls';
import { parseArgs } from 'node:util';

const PACKET_LIMIT = 1 << 20;
const PUBLISH = 3;

/** Length of the fixed header and the packet, or null while bytes are missing. */
function packetSize(buffer) {
  let length = 0;
  let shift = 0;
  for (let at = 1; at < Math.min(buffer.length, 5); at++) {
    length |= (buffer[at] & 127) << shift;
    shift += 7;
    if (!(buffer[at] & 128)) return { header: at + 1, total: at + 1 + length };
  }
  return null;
}

/** Changes the last digit of every import value of a PUBLISH for the device; lengths stay. */
export function falsifyPacket(packet, header, device) {
  if (packet[0] >> 4 !== PUBLISH) return false;
  const topicLength = packet.readUInt16BE(header);
  const topic = packet.toString('utf8', header + 2, header + 2 + topicLength);
  if (!topic.endsWith(`/up/${device}/m`)) return false;
  const from = header + 2 + topicLength;
  const text = packet.toString('latin1', from);
  const altered = text.replace(/("import_wh":\d*)(\d)/g, (_, head, digit) => head + ((Number(digit) + 3) % 10));
  packet.write(altered, from, 'latin1');
  return altered !== text;
}

function relayDownstream(device, target) {
  let pending = Buffer.alloc(0);
  return (piece) => {
    pending = Buffer.concat([pending, piece]);
    for (;;) {
      const size = packetSize(pending);
      if (!size || pending.length < size.total) break;
      if (size.total > PACKET_LIMIT) return target.destroy();
      const packet = Buffer.from(pending.subarray(0, size.total));
      pending = pending.subarray(size.total);
      falsifyPacket(packet, size.header, device);
      target.write(packet);
    }
    return undefined;
  };
}

function main() {
  const { values } = parseArgs({
    options: Object.fromEntries(
      ['broker', 'ca', 'cert', 'key', 'server-cert', 'server-key', 'device'].map((name) => [name, { type: 'string' }]),
    ),
  });
  const [host, port] = values.broker.split(':');
  const ca = fs.readFileSync(values.ca);
  const upstreamOptions = {
    host,
    port: Number(port),
    ca,
    cert: fs.readFileSync(values.cert),
    key: fs.readFileSync(values.key),
    servername: 'localhost',
  };
  const server = tls.createServer(
    {
      ca,
      cert: fs.readFileSync(values['server-cert']),
      key: fs.readFileSync(values['server-key']),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (near) => {
      const far = tls.connect(upstreamOptions);
      near.pipe(far);
      far.on('data', relayDownstream(values.device, near));
      const end = () => {
        near.destroy();
        far.destroy();
      };
      for (const socket of [near, far]) socket.on('error', end).on('close', end);
    },
  );
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].split('/').pop())) main();
