import SparringCLI
runSparring()
