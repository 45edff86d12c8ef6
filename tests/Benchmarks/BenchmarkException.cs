namespace FrontDoor.Benchmarks;

/// <summary>Why something cannot be measured, in words for whoever runs it.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
