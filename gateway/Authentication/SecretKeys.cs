using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>The keys of one issuer that this gateway was given in a file; none where it has no such file. A file that is spoilt later changes nothing.</summary>
internal sealed partial class SecretKeys
{
    public static readonly IReadOnlyList<string> Algorithms = ["HS256", "HS384", "HS512"];

    private readonly IssuerOptions _options;
    private readonly ILogger _logger;
    private volatile IReadOnlyDictionary<string, JsonWebKey> _keys = new Dictionary<string, JsonWebKey>();
    private string? _lastFault;

    public SecretKeys(IssuerOptions options, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        Refresh();
    }

    public JsonWebKey? Find(string kid) => _keys.GetValueOrDefault(kid);

    /// <summary>Takes over a changed file. Never throws.</summary>
    public void Refresh()
    {
        try
        {
            var keys = _options switch
            {
                { SigningKeyFile: { } file } => [FormerKey.Read(file)],
                { SecretFile: { } file } => SecretFile.Read(file),
                _ => [],
            };
            _lastFault = null;
            if (keys.Count == _keys.Count && keys.All(IsKnown)) return;
            _keys = keys.ToDictionary(key => key.Kid, key => IsKnown(key) ? _keys[key.Kid] : key, StringComparer.Ordinal);
            Log.Loaded(_logger, _options.Issuer, string.Join(", ", _keys.Keys));
        }
        catch (Exception e) when (e is SecretFaultException or IOException or UnauthorizedAccessException)
        {
            if (e.Message != _lastFault) Log.Spoilt(_logger, _options.Issuer, e.Message);
            _lastFault = e.Message;
        }
    }

    // A key that stays is the same object: validated tokens hang on it.
    private bool IsKnown(JsonWebKey key) => _keys.TryGetValue(key.Kid, out var known) && (known.Alg, known.K) == (key.Alg, key.K);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Secrets of issuer '{Issuer}': {Kids}")]
        public static partial void Loaded(ILogger logger, string issuer, string kids);

        [LoggerMessage(2, LogLevel.Warning, "The secrets of issuer '{Issuer}' cannot be read, those known before stay in use: {Reason}")]
        public static partial void Spoilt(ILogger logger, string issuer, string reason);
    }
}
