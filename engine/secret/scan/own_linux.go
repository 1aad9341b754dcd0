package scan

// Supported says whether a process can be searched here.
const Supported = true
