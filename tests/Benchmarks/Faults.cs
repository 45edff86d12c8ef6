namespace FrontDoor.Benchmarks;

/// <summary>What a party may do to a measurement: it ends that one, not the run.</summary>
internal static class Faults
{
    /// <returns>The reason why it failed; null when it did not.</returns>
    public static async Task<string?> OfAsync(Func<Task> measure)
    {
        try
        {
            await measure();
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException) // whatever a peer says or does not say
        {
            return e.Message;
        }
    }
}
