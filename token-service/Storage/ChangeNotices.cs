using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FrontDoor.TokenService.Storage;

/// <summary>
/// Tells the nodes on one PostgreSQL database what another node or a command has just committed (NOTIFY and LISTEN). It only hurries them: whoever
/// listens polls as well, since a notice is lost with its connection. On SQLite nothing is sent or heard.
/// </summary>
/// <param name="connectionString">Null on SQLite.</param>
internal sealed partial class ChangeNotices(string? connectionString, TimeProvider time, ILogger<ChangeNotices> logger) : BackgroundService
{
    public const string Revocations = "revocations";
    public const string Keys = "keys";

    private const string Channel = "token_service";

    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(1);

    private readonly List<(string Subject, Action Wake)> _listeners = [];

    /// <summary>Sends at the commit of the caller's transaction, or at once where there is none.</summary>
    /// <param name="subject">One of this class's constants.</param>
    public static Task SendAsync(TokenDb db, string subject, CancellationToken cancellationToken) => db.Database.IsNpgsql()
        ? db.Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, {subject})", cancellationToken)
        : Task.CompletedTask;

    /// <summary>Call before the service starts to listen. <paramref name="wake"/> must be quick and may be called without need.</summary>
    public void On(string subject, Action wake)
    {
        lock (_listeners) _listeners.Add((subject, wake));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (connectionString is null) return;
        // A connection of its own, which never goes back to a pool listening. A line that died in silence is found by its keepalive.
        var listening = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, KeepAlive = 15 }.ConnectionString;
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(listening, () => failing = false, stoppingToken);
            }
            catch (Exception e)
            {
                if (stoppingToken.IsCancellationRequested) return;
                if (!failing) Log.Lost(logger, e.GetBaseException().Message);
                failing = true;
            }

            await Task.Delay(BetweenAttempts, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Never; it ends by an exception.</returns>
    private async Task ListenAsync(string listening, Action connected, CancellationToken stoppingToken)
    {
        await using var connection = new NpgsqlConnection(listening);
        await connection.OpenAsync(stoppingToken);
        connection.Notification += (_, notice) => Hear(notice.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection)) await listen.ExecuteNonQueryAsync(stoppingToken);
        connected();
        // Whatever was committed before there was anybody to hear of it.
        Hear(Revocations);
        Hear(Keys);
        while (true) await connection.WaitAsync(stoppingToken);
    }

    private void Hear(string subject)
    {
        lock (_listeners)
        {
            foreach (var (_, wake) in _listeners.Where(l => l.Subject == subject)) wake();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "No notices of other nodes' changes: {Reason}. They are seen at the next poll until the connection is back")]
        public static partial void Lost(ILogger logger, string reason);
    }
}
