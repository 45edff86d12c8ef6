using FrontDoor.TokenService.Commands;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Keys;

/// <summary>The secrets of <c>Keys:SecretFile</c>; none where there is no such file. One that is spoilt while the service runs changes nothing.</summary>
internal sealed partial class HmacSecrets
{
    private readonly KeyOptions _options;
    private readonly ILogger _logger;
    private SecretFile? _file;
    private volatile IReadOnlyList<KeyMaterial> _keys = [];
    private string? _lastFault;

    public HmacSecrets(IOptions<KeyOptions> options, ILogger<HmacSecrets> logger)
    {
        (_options, _logger) = (options.Value, logger);
        Refresh();
    }

    /// <summary>Signs where an HS algorithm is configured, which has a file then.</summary>
    public KeyMaterial? Current => _keys.Count > 0 ? _keys[0] : null;

    /// <summary>All of them, the current first.</summary>
    public IReadOnlyList<KeyMaterial> All => _keys;

    public KeyMaterial? Find(string kid) => _keys.FirstOrDefault(k => k.Kid == kid);

    /// <summary>Takes over a changed file.</summary>
    /// <exception cref="StartupFaultException">The first read found a fault.</exception>
    public void Refresh()
    {
        if (_options.SecretFile is not { } path) return;
        try
        {
            var file = SecretFile.Read(path, _options);
            _lastFault = null;
            if (file == _file) return;
            _file = file;
            _keys = [.. file.All.Select(KeyMaterial.Of)];
            Log.Loaded(_logger, string.Join(", ", file.All));
        }
        catch (Exception e) when (_file is not null && e is (StartupFaultException or IOException or UnauthorizedAccessException))
        {
            if (e.Message != _lastFault) Log.Spoilt(_logger, e.Message);
            _lastFault = e.Message;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Secret file, the current one first: {Secrets}")]
        public static partial void Loaded(ILogger logger, string secrets);

        [LoggerMessage(2, LogLevel.Warning, "The secret file is left aside, the secrets known before stay in use: {Reason}")]
        public static partial void Spoilt(ILogger logger, string reason);
    }
}
