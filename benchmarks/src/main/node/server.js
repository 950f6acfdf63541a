// Node's tls. Usage: node --expose-gc server.js CHAIN KEY echo|discard. Says "ready PORT", ends with its standard input.
'use strict';
const fs = require('fs');
const readline = require('readline');
const tls = require('tls');

const [chain, key, work] = process.argv.slice(2);
const options = { cert: fs.readFileSync(chain), key: fs.readFileSync(key), noDelay: true };
const server = tls.createServer(options, (socket) => {
  socket.on('error', () => socket.destroy());
  if (work === 'echo') {
    socket.on('data', (bytes) => {
      if (!socket.write(bytes)) {
        socket.pause();
        socket.once('drain', () => socket.resume());
      }
    });
  } else {
    socket.resume();
  }
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 8192 }, () => console.log(`ready ${server.address().port}`));
const questions = readline.createInterface({ input: process.stdin });
questions.on('line', () => {
  global.gc();
  console.log(0);
});
questions.on('close', () => process.exit(0));
