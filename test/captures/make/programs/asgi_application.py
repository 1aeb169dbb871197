"""An ASGI application that logs each exchange."""
import json
from urllib.parse import parse_qs


async def application(scope, receive, send):
    if scope['type'] != 'http':
        return
    asked = 0
    while True:
        event = await receive()
        asked += len(event.get('body', b''))
        if not event.get('more_body'):
            break
    query = scope['query_string'].decode()
    path = scope['path'] + ('?' + query if query else '')
    parts = []
    status = 200
    if scope['path'] == '/parts':
        parts = [b'part' * 100] * int(parse_qs(query)['n'][0])
    elif scope['path'] == '/echo':
        parts = [b'e' * asked]
    else:
        status = 204
    headers = [(b'content-type', b'text/plain'), (b'x-application', b'asgi')]
    await send({'type': 'http.response.start', 'status': status, 'headers': headers})
    for part in parts:
        await send({'type': 'http.response.body', 'body': part, 'more_body': True})
    await send({'type': 'http.response.body'})
    told = {
        'protocol': 'HTTP/' + scope['http_version'],
        'method': scope['method'],
        'path': path,
        'status': status,
        'request': {'bodyBytes': asked},
    }
    print(json.dumps(told), flush=True)
