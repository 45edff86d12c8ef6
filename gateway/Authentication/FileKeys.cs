using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>The keys of one issuer that this gateway was given in a file; none where it has no such file. A file that is spoilt later changes nothing.</summary>
internal sealed partial class FileKeys
{
    public static readonly IReadOnlyList<string> HmacAlgorithms = ["HS256", "HS384", "HS512"];

    private readonly IssuerOptions _options;
    private readonly ILogger _logger;
    private volatile Dictionary<string, JsonWebKey> _keys = [];
    private string? _lastFault;

    public FileKeys(IssuerOptions options, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        Refresh();
    }

    public IEnumerable<JsonWebKey> All => _keys.Values;

    public JsonWebKey? Find(string kid) => _keys.GetValueOrDefault(kid);

    /// <returns>The one key that a token without kid can be meant for; null when none or several may verify the algorithm.</returns>
    public JsonWebKey? FindOnly(string algorithm) => _keys.Values.Where(key => key.Fits(algorithm)).Take(2).ToArray() is [var only] ? only : null;

    /// <summary>Takes over a changed file. Never throws.</summary>
    public void Refresh()
    {
        try
        {
            var keys = _options switch
            {
                { SigningKeyFile: { } file } => [FormerKey.Read(file)],
                { SecretFile: { } file } => SecretFile.Read(file),
                { KeysFile: { } file } => PublicKeyFile.Read(file),
                _ => [],
            };
            _lastFault = null;
            if (keys.Count == _keys.Count && keys.All(IsKnown)) return;
            _keys = keys.ToDictionary(key => key.Kid, key => IsKnown(key) ? _keys[key.Kid] : key, StringComparer.Ordinal);
            Log.Loaded(_logger, Source, string.Join(", ", keys.Select(k => k.Kid.Length > 0 ? k.Kid : "one without kid")));
        }
        catch (Exception e) when (e is KeyFileException or IOException or UnauthorizedAccessException)
        {
            if (e.Message != _lastFault) Log.Spoilt(_logger, Source, e.Message);
            _lastFault = e.Message;
        }
    }

    private string? Source => _options.SigningKeyFile ?? _options.SecretFile ?? _options.KeysFile;

    // A key that stays is the same object: validated tokens hang on it.
    private bool IsKnown(JsonWebKey key) => _keys.TryGetValue(key.Kid, out var known) && key.IsSameAs(known);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Keys in {File}: {Kids}")]
        public static partial void Loaded(ILogger logger, string? file, string kids);

        [LoggerMessage(2, LogLevel.Warning, "{File} cannot be used, the keys known before stay: {Reason}")]
        public static partial void Spoilt(ILogger logger, string? file, string reason);
    }
}
