// Usage: ws.js URL TOPIC COUNT. Reads COUNT messages over two connections, the second of which resumes with the token of the first.
'use strict';
const WebSocket = require('ws');

const [url, topic, count] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const sequences = [];

function open(from) {
  let token = null;
  const socket = new WebSocket(url);
  socket.on('error', fail);
  socket.on('open', () => socket.send(JSON.stringify({type: 'Subscribe', topic, from})));
  socket.on('message', data => {
    const message = JSON.parse(data);
    if (message.type === 'event' || message.type === 'batch') {
      (message.type === 'batch' ? message.data : [message]).forEach(event => sequences.push(event.seq));
      token = message.token || token;
      if (from === 'earliest' && token !== null) {
        const left = token;
        token = null;
        from = null;
        const seen = sequences.length;
        socket.removeAllListeners('message');
        socket.on('close', () => open(left));
        socket.close();
        console.error('first connection: ' + seen);
      } else if (sequences.length >= count) {
        socket.close();
        console.log(JSON.stringify({sequences}));
      }
    } else if (!['connected', 'subscribed', 'ping'].includes(message.type)) {
      fail(new Error(data));
    }
  });
}

function fail(error) {
  console.error(error);
  process.exit(1);
}

open('earliest');
