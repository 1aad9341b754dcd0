package main

// searchSamples are how a cluster divides a search. They are run as they are
// but for names and numbers, so they are not translated.
var searchSamples = []sample{{"cli.search.slurm", slurmArray}, {"cli.search.kubernetes", indexedJob}}

const slurmArray = `#!/bin/sh
#SBATCH --array=0-99 --cpus-per-task=4 --mem=2300M --requeue
cryptodesk recovery search --recipe r.txt --shard $SLURM_ARRAY_TASK_ID/100 --checkpoint far.$SLURM_ARRAY_TASK_ID \
    --memory 2100 --days 0 --passphrase-fd 3 backup.age 3< new-passphrase.txt && scancel $SLURM_ARRAY_JOB_ID
`

const indexedJob = `apiVersion: batch/v1
kind: Job
metadata: {name: search}
spec:
  completionMode: Indexed
  completions: 100
  parallelism: 100
  backoffLimitPerIndex: 5
  successPolicy: {rules: [{succeededCount: 1}]}
  podFailurePolicy:
    rules: [{action: FailIndex, onExitCodes: {operator: In, values: [3]}}]
  template:
    spec:
      restartPolicy: Never
      volumes: [{name: work, persistentVolumeClaim: {claimName: search}}]
      containers:
      - name: search
        image: YOUR-IMAGE
        workingDir: /work
        volumeMounts: [{name: work, mountPath: /work}]
        resources: {requests: {cpu: 4, memory: 2300Mi}, limits: {memory: 2300Mi}}
        command: [sh, -c, "exec cryptodesk recovery search --home /tmp/home --recipe r.txt --shard $JOB_COMPLETION_INDEX/100
          --checkpoint far.$JOB_COMPLETION_INDEX --memory 2100 --days 0 --passphrase-fd 3 backup.age 3< new-passphrase.txt"]
`
