// Usage: grpc.js TARGET PROTO TOPIC COUNT. Publishes COUNT messages on a stream, reads them back, and follows the topic as a collection, in two calls.
'use strict';
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [target, proto, topic, count] = [process.argv[2], process.argv[3], process.argv[4], Number(process.argv[5])];
const {gapless} = grpc.loadPackageDefinition(loader.loadSync(proto, {longs: Number, enums: String, oneofs: true}));
const topics = new gapless.v1.Gapless(target, grpc.credentials.createInsecure());
const documents = new gapless.v1.DocumentChanges(target, grpc.credentials.createInsecure());
const result = {published: [], read: [], changes: []};

// Numbers are doubles here: in the middle it goes on behind one that it has held as such.
function follow(since) {
  const changes = documents.subscribe({collections: [topic], ...since});
  changes.on('error', error => error.code === grpc.status.CANCELLED || fail(error));
  changes.on('data', change => {
    if (since === null && result.changes.length === count / 2) {
      return; // came before the end of the first one
    }
    result.changes.push(change.docId + ' ' + change.changeType + ' ' + change.jsonData);
    if (since === null && result.changes.length === count / 2) {
      changes.cancel();
      follow({sinceSequence: change.sequence, sinceEpoch: change.epoch});
    }
    done();
  });
  return changes;
}

follow(null).once('metadata', publish);

function publish() {
  const stream = topics.publish();
  stream.on('error', fail);
  stream.on('data', answer => result.published.push(answer.position.seq));
  stream.on('end', read);
  for (let i = 1; i <= count; i++) {
    stream.write({topic, key: 'd' + i, jsonData: JSON.stringify({n: i})});
  }
  stream.end();
}

function read() {
  const stream = topics.subscribe({topic, from: 'earliest'});
  stream.on('error', error => error.code === grpc.status.CANCELLED || fail(error));
  stream.on('data', response => {
    if (response.batch) {
      response.batch.events.forEach(event => result.read.push(JSON.parse(event.jsonData).n));
      if (result.read.length >= count) {
        stream.cancel();
        done();
      }
    }
  });
}

function done() {
  if (result.read.length >= count && result.changes.length >= count) {
    console.log(JSON.stringify(result));
    process.exit(0);
  }
}

function fail(error) {
  console.error(error);
  process.exit(1);
}
