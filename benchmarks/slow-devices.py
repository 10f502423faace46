#!/usr/bin/env python3
"""Slow devices: every message settled, each sent once, no connection closed.

    sudo benchmarks/slow-devices.py

Starts `lastmile dev` in a network namespace of its own and, each in one of its own too, a device for every rate,
transport and message size. A device is slow in one of two ways: its link is (tbf on a veth pair), or it reads slowly
through a receive buffer of 16 KiB. It acknowledges at once and has a keep-alive of 10 s. Needs root, iproute2, openssl
and a checkout; changes nothing outside of the namespaces, which end with it. Ends with 1 where something is wrong.
"""
import argparse, base64, ctypes, itertools, json, os, signal, socket, ssl, struct, subprocess, sys, tempfile, time
import urllib.request

NEW_NET = 0x40000000
PORTS = {'TCP': 1883, 'TLS': 8883, 'WebSocket': 8083}
KEEP_ALIVE = 10


def sh(command):
    subprocess.run(command, shell=True, check=True)


class Reader:
    """The bytes of MQTT from a device's socket, at most so many a second where it reads slowly."""

    def __init__(self, host, transport, rate):
        self.rate, self.total, self.buffer, self.began = rate, 0, bytearray(), time.monotonic()
        self.ws, self.frames = transport == 'WebSocket', bytearray()
        raw = socket.socket()
        if rate:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        raw.settimeout(60)
        raw.connect((host, PORTS[transport]))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if transport == 'TLS':
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            raw = context.wrap_socket(raw)
        self.socket = raw
        if self.ws:
            key = base64.b64encode(os.urandom(16)).decode()
            raw.sendall(('GET /mqtt HTTP/1.1\r\nHost: edge\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                         'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n'
                         'Sec-WebSocket-Key: %s\r\n\r\n' % key).encode())
            head = b''
            while b'\r\n\r\n' not in head:
                head += raw.recv(1) or self.closed()
        raw.settimeout(.2)

    @staticmethod
    def closed():
        raise ConnectionError('closed by the edge')

    def send(self, packet):
        self.socket.sendall(bytes([0x82, 0x80 | len(packet), 0, 0, 0, 0]) + packet if self.ws else packet)

    def fill(self):
        """Takes what has come, or returns after a moment."""
        room = int(self.rate * (time.monotonic() - self.began)) - self.total if self.rate else 4096
        if room < 500:
            time.sleep(.02)
            return
        try:
            got = self.socket.recv(min(room, 4096)) or self.closed()
        except (TimeoutError, ssl.SSLWantReadError):
            return
        self.total += len(got)
        if not self.ws:
            self.buffer += got
            return
        self.frames += got
        while len(self.frames) >= 2:
            length, at = self.frames[1] & 127, 2
            if length > 125:
                at, form = (4, '>H') if length == 126 else (10, '>Q')
                if len(self.frames) < at:
                    return
                length = struct.unpack(form, self.frames[2:at])[0]
            if len(self.frames) < at + length:
                return
            if self.frames[0] & 15 == 8:
                self.closed()
            self.buffer += self.frames[at:at + length]
            del self.frames[:at + length]

    def packet(self):
        """A whole packet, or None."""
        length = shift = 0
        at = 1
        while True:
            if len(self.buffer) <= at or at > 4:
                return None
            byte = self.buffer[at]
            length |= (byte & 127) << shift
            shift, at = shift + 7, at + 1
            if byte < 128:
                break
        if len(self.buffer) < at + length:
            return None
        packet = self.buffer[0], bytes(self.buffer[at:at + length])
        del self.buffer[:at + length]
        return packet


def device(host, name, transport, rate, messages, seconds):
    received, connects, why, until = {}, 0, [], time.monotonic() + seconds
    while time.monotonic() < until and len(received) < messages:
        try:
            reader, said = Reader(host, transport, rate), time.monotonic()
            connects += 1
            body = b'\0\4MQTT\4\2' + struct.pack('>HH', KEEP_ALIVE, len(name)) + name.encode()
            reader.send(b'\x10' + bytes([len(body)]) + body)
            reader.send(b'\x82\x0c\0\1\0\7inbox/+\1')
            while time.monotonic() < until and len(received) < messages:
                if time.monotonic() - said > .7 * KEEP_ALIVE:
                    reader.send(b'\xc0\0')
                    said = time.monotonic()
                reader.fill()
                while (packet := reader.packet()) is not None:
                    if packet[0] >> 4 == 3:
                        length = struct.unpack('>H', packet[1][:2])[0]
                        topic = packet[1][2:2 + length].decode()
                        received[topic] = received.get(topic, 0) + 1
                        reader.send(b'\x40\2' + packet[1][2 + length:4 + length])
                        said = time.monotonic()
        except OSError as e:
            why.append(str(e))
            time.sleep(.5)
    time.sleep(1)
    print(json.dumps({'received': len(received), 'most': max(received.values(), default=0), 'connects': connects,
                      'why': why[:3]}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rates', default='5,40,100', help='KB/s (%(default)s)')
    parser.add_argument('--sizes', default='2,32,256', help='KiB of a message (%(default)s)')
    parser.add_argument('--seconds', type=int, default=300,
                        help='a device gets what its rate carries in so long, 4 to 64 messages (%(default)s)')
    parser.add_argument('--lastmile', default=os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lastmile'))
    parser.add_argument('--device', nargs=6, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.device:
        host, name, transport, rate, messages, seconds = given.device
        sys.stdin.readline()  # its link is there
        device(host, name, transport, int(rate), int(messages), int(seconds))
        return 0
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_NET) != 0:
        sys.exit('needs root: %s' % os.strerror(ctypes.get_errno()))
    sh('ip link set lo up')
    with tempfile.TemporaryDirectory() as data:
        sh('openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=edge '
           '-keyout %s/key.pem -out %s/certificate.pem 2>%s/openssl' % (data, data, data))
        edge = subprocess.Popen(
            [given.lastmile, 'dev', '--data', data + '/dev', '--edge.host=0.0.0.0', '--edge.authentication=none',
             '--edge.mqtts.port=8883', '--edge.ws.port=8083', '--edge.tls.certificate=%s/certificate.pem' % data,
             '--edge.tls.key=%s/key.pem' % data], stdout=open(data + '/log', 'w'), stderr=subprocess.STDOUT,
            start_new_session=True)
        try:
            return measure(given, edge, data)
        finally:
            if edge.poll() is None:
                os.killpg(edge.pid, signal.SIGTERM)
                edge.wait()


def call(path, body=None):
    headers = {'Content-Type': 'application/octet-stream', 'Host': 'localhost'}
    request = urllib.request.Request('http://127.0.0.1:8080/v1/' + path, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def measure(given, edge, data):
    for _ in range(600):
        try:
            socket.create_connection(('127.0.0.1', 8083), 1).close()
            call('nodes')
            break
        except OSError:
            if edge.poll() is not None:
                sys.exit(open(data + '/log').read())
            time.sleep(1)
    cells = []
    kinds = itertools.product(('link', 'reader'), [int(r) for r in given.rates.split(',')], PORTS,
                              [int(s) for s in given.sizes.split(',')])
    for number, (kind, rate, transport, size) in enumerate(kinds):
        messages = max(4, min(64, given.seconds * rate * 1000 // (size << 10)))
        name, host = 'slow-%d' % number, '10.9.%d.1' % number
        ids = [call('devices/%s/messages' % name, os.urandom(size << 10))['id'] for _ in range(messages)]
        seconds = 120 + 3 * messages * (size << 10) // (rate * 1000)
        process = subprocess.Popen(
            ['unshare', '-n', sys.executable, os.path.abspath(__file__), '--device', host, name, transport,
             str(rate * 1000 if kind == 'reader' else 0), str(messages), str(seconds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        mine = os.readlink('/proc/self/ns/net')
        while os.readlink('/proc/%d/ns/net' % process.pid) == mine:
            time.sleep(.01)
        sh('ip link add e%d type veth peer name d%d && ip link set d%d netns %d && ip addr add %s/24 dev e%d && '
           'ip link set e%d up' % (number, number, number, process.pid, host, number, number))
        sh('nsenter -n -t %d sh -c "ip addr add 10.9.%d.2/24 dev d%d && ip link set d%d up"'
           % (process.pid, number, number, number))
        if kind == 'link':
            sh('tc qdisc add dev e%d root tbf rate %dbit burst 4kb limit 64kb' % (number, rate * 8000))
        process.stdin.write('go\n')
        process.stdin.flush()
        cells.append((kind, rate, transport, size, ids, process))
    wrong = 0
    print('| slow | KB/s | transport | KiB | messages | delivered | most often sent | connections |\n|---|---|---|---|---|---|---|---|')
    for kind, rate, transport, size, ids, process in cells:
        seen = json.loads(process.communicate()[0])
        states = {}
        for each in ids:
            answer = call('messages/' + each)
            state = answer.get('outcome') or answer.get('state')
            states[state] = states.get(state, 0) + 1
        delivered = states.pop('delivered', 0)
        well = delivered == len(ids) and seen['most'] == 1 and seen['connects'] == 1
        wrong += not well
        print('| %s | %d | %s | %d | %d | %d | %d | %d |%s' % (
            kind, rate, transport, size, len(ids), delivered, seen['most'], seen['connects'],
            '' if well else ' WRONG %s %s' % (states, seen['why'])), flush=True)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
