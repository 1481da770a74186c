import SparringCLI

await SparringCommand.main()
