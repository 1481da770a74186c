import SparringCLI

await CommandLineTool.main()
