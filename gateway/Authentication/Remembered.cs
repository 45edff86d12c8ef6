namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// What was made for a few keys, kept with the token it was made from: found without a lock and without allocating. There are two
/// for each live token, so it is a list of pairs and no dictionary.
/// </summary>
internal sealed class Remembered<TKey, TValue>
    where TKey : class
{
    // More than any token meets between two changes of the configuration; past it, keys of former configurations are in the way.
    private const int Most = 32;

    private volatile (TKey Key, TValue Value)[] _made = [];

    /// <param name="key">Equal keys have equal values.</param>
    /// <param name="source">What it is made from.</param>
    /// <param name="make">Gives the same for the same key; two threads may call it at once.</param>
    public TValue Get<TSource>(TKey key, TSource source, Func<TKey, TSource, TValue> make)
    {
        var made = _made;
        foreach (ref readonly var pair in made.AsSpan())
        {
            if (ReferenceEquals(pair.Key, key) || pair.Key.Equals(key)) return pair.Value;
        }

        var value = make(key, source);
        _made = made.Length < Most ? [.. made, (key, value)] : [(key, value)];
        return value;
    }
}
