import { openState } from '@tiphys/shell/adapters/sqlite'
import { existsSync } from 'node:fs'
const dir='/tmp/ld1'; const fresh=!existsSync(dir)
const s=openState(dir,{owner:{id:'b',info:''},now:()=>0})
const record=(seq:number)=>JSON.stringify({ at: 1_700_000_000_000 + seq, nodes: [{ id: `hello-${seq % 1000}-1234567890`, phase: 'Succeeded', finishedAt: 1_700_000_000_000 + seq, outputs: { exitCode: '0' }, message: `step ${seq} did its work and told so` }] })
if(fresh){await s.log.create({uid:'a',namespace:'n',name:'a',phase:'R',createdAt:1,manifest:'{}'});const t=performance.now();for(let i=0;i<100000;i++)await s.log.append('a',i,{record:record(i)});console.log('append',performance.now()-t)}
for(const N of [64,512,4096]){
const st=s.db.prepare(`SELECT group_concat(key) AS keys, group_concat(count) AS counts, group_concat(sum) AS sums, group_concat(body, char(30)) AS bodies FROM (SELECT key, count, sum, body FROM run_log WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?)`)
let t=performance.now();for(let k=1;k<100000;k+=N)st.get(2**24+k,2**24+100000,N);console.log(N,'concat all',performance.now()-t)
}
const st2=s.db.prepare(`SELECT group_concat(body, char(30)) AS bodies FROM (SELECT body FROM run_log WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?)`)
let t=performance.now();for(let k=1;k<100000;k+=512)st2.get(2**24+k,2**24+100000,512);console.log('bodies only',performance.now()-t)
const st3=s.db.prepare(`SELECT sum(length(body)) AS bodies FROM run_log`);t=performance.now();st3.get();console.log('scan',performance.now()-t)
t=performance.now();const rows=s.db.prepare('SELECT key,count,sum,body FROM run_log WHERE key BETWEEN ? AND ? ORDER BY key').all(2**24,2**25);console.log('rows',performance.now()-t)
for(let i=0;i<5;i++){t=performance.now();await s.log.load('a');console.log('load',performance.now()-t)}
