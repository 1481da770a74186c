import ArgumentParser
public func runSparring() {}