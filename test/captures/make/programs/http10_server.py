"""http10_server.py PORT FOLDER: serves files as HTTP/1.0 and logs every exchange."""
import http.server
import json
import sys


class Handler(http.server.SimpleHTTPRequestHandler):
    def parse_request(self):
        parsed = super().parse_request()
        self.status = None
        return parsed

    def do_GET(self):
        if not self.path.startswith('/unframed'):
            return super().do_GET()
        # Neither a length nor chunks: the body ends with the connection.
        self.send_response(200)
        self.send_header('Content-Type', 'text/plain')
        self.end_headers()
        for _ in range(7):
            self.wfile.write(b'u' * 1000)

    def do_POST(self):
        self.posted = len(self.rfile.read(int(self.headers['Content-Length'])))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(b'posted')

    def log_request(self, code='-', size='-'):
        print(
            json.dumps(
                {
                    'method': self.command,
                    'path': self.path,
                    'status': int(code),
                    'authority': self.headers['Host'],
                    'request': {'headers': [[name, value] for name, value in self.headers.items()]},
                }
            ),
            flush=True,
        )

    def log_error(self, *_):
        pass


port, folder = sys.argv[1:]
http.server.ThreadingHTTPServer(
    ('', int(port)), lambda *args: Handler(*args, directory=folder)
).serve_forever()
