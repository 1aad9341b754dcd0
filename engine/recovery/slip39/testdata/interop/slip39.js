// Shares of the independent implementation https://github.com/ilap/slip39-js (npm install slip39@0.1.9).
//
//    node slip39.js make > slip39js.json   shares for our test to join
//    node slip39.js join < ours.json       joins the ones that we made, and fails if one does not give its root
const fs = require('fs'), crypto = require('crypto'), Slip39 = require('slip39');
const cases = [ // groups needed, [[needed, of]], exponent, passphrase, extendable, bytes
  [1, [[1, 1]], 0, '', 1, 32], [1, [[2, 3]], 0, '', 1, 32], [1, [[3, 5]], 0, '', 1, 32], [1, [[5, 7]], 0, '', 1, 32],
  [1, [[2, 3]], 0, '', 0, 32], [1, [[2, 2]], 1, 'TREZOR', 0, 16], [2, [[2, 3], [1, 1], [3, 5]], 0, 'TREZOR', 1, 32],
];
function make() {
  console.log(JSON.stringify(cases.map(([threshold, groups, iterationExponent, passphrase, extendableBackupFlag, size]) => {
    const root = crypto.randomBytes(size);
    const made = Slip39.fromArray([...root], {passphrase, threshold, groups: groups.map(g => [...g, '']), iterationExponent, extendableBackupFlag});
    return {root: root.toString('hex'), passphrase, groupsNeed: threshold,
      groups: groups.map(([need], i) => ({need, shares: made.fromPath('r/' + i).mnemonics}))};
  }), null, 1));
}
function join() {
  let joined = 0;
  for (const c of JSON.parse(fs.readFileSync(0))) {
    const group = c.groups[0];
    for (let round = 0; round < 10; round++) {
      const some = [...group.shares].sort(() => Math.random() - 0.5).slice(0, group.need);
      if (Buffer.from(Slip39.recoverSecret(some, c.passphrase)).toString('hex') !== c.root) throw new Error(JSON.stringify(c));
      joined++;
    }
  }
  console.log(joined, 'joined');
}
({make, join})[process.argv[2]]();
