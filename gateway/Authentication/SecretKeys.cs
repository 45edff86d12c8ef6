using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>The keys of one issuer that this gateway was given in a file; none where it has no such file. A file that is spoilt later changes nothing.</summary>
internal sealed partial class SecretKeys
{
    public static readonly IReadOnlyList<string> Algorithms = ["HS256", "HS384", "HS512"];

    private readonly IssuerOptions _options;
    private readonly ILogger _logger;
    private volatile Dictionary<string, JsonWebKey> _keys = [];
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
            Log.Loaded(_logger, Source, string.Join(", ", keys.Select(k => k.Kid.Length > 0 ? k.Kid : "one without kid")));
        }
        catch (Exception e) when (e is SecretFaultException or IOException or UnauthorizedAccessException)
        {
            if (e.Message != _lastFault) Log.Spoilt(_logger, Source, e.Message);
            _lastFault = e.Message;
        }
    }

    private string? Source => _options.SigningKeyFile ?? _options.SecretFile;

    // A key that stays is the same object: validated tokens hang on it.
    private bool IsKnown(JsonWebKey key) => _keys.TryGetValue(key.Kid, out var known) && (known.Alg, known.K) == (key.Alg, key.K);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Secrets in {File}: {Kids}")]
        public static partial void Loaded(ILogger logger, string? file, string kids);

        [LoggerMessage(2, LogLevel.Warning, "{File} cannot be used, the secrets known before stay: {Reason}")]
        public static partial void Spoilt(ILogger logger, string? file, string reason);
    }
}
