using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Observability;

/// <summary>
/// Microsoft's console logger with another way out: lines are collected and written together. Its formatters and its settings (<c>Logging:Console</c>) are used as they
/// are. Its own queue wakes a thread and writes to the operating system for every line, which for an access log is for every request.
/// </summary>
[ProviderAlias("Console")]
internal sealed class BatchedConsole : ILoggerProvider, ISupportExternalScope
{
    private readonly Dictionary<string, ConsoleFormatter> _formatters;
    private readonly IDisposable? _changes;
    private readonly LineBuffer _output;
    private readonly LineBuffer _errors;
    private IExternalScopeProvider? _scopes;
    private volatile Settings _settings;

    public BatchedConsole(IOptionsMonitor<ConsoleLoggerOptions> options, IEnumerable<ConsoleFormatter> formatters)
    {
        (_output, _errors) = (new LineBuffer(Console.OpenStandardOutput(), Lost), new LineBuffer(Console.OpenStandardError(), Lost));
        _formatters = formatters.ToDictionary(formatter => formatter.Name, StringComparer.OrdinalIgnoreCase);
        // In this order: of a change in between the value is seen.
        _changes = options.OnChange(changed => _settings = SettingsOf(changed));
        _settings = SettingsOf(options.CurrentValue);
        // For an end that disposes of nothing: Environment.Exit, an unhandled exception.
        AppDomain.CurrentDomain.ProcessExit += Flush;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Flush;
        _changes?.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    private void Flush(object? sender, EventArgs e)
    {
        _output.Flush();
        _errors.Flush();
    }

    private string Lost(long lines)
    {
        using var text = new StringWriter();
        _settings.Formatter.Write(
            new LogEntry<long>(LogLevel.Warning, typeof(BatchedConsole).FullName!, default, lines, null, static (count, _) => $"{count} log lines are lost here: nobody read the output in time"), null, text);
        return text.ToString();
    }

    private Settings SettingsOf(ConsoleLoggerOptions options) =>
        new(_formatters.GetValueOrDefault(options.FormatterName ?? ConsoleFormatterNames.Simple) ?? _formatters[ConsoleFormatterNames.Simple], options.LogToStandardErrorThreshold);

    private sealed record Settings(ConsoleFormatter Formatter, LogLevel ToErrors);

    private sealed class Logger(BatchedConsole console, string category) : ILogger
    {
        [ThreadStatic]
        private static StringWriter? _line;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => console._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = _line ??= new StringWriter();
            var text = line.GetStringBuilder();
            var settings = console._settings;
            settings.Formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), console._scopes, line);
            if (text.Length > 0) (logLevel >= settings.ToErrors ? console._errors : console._output).Add(text, hurry: logLevel >= LogLevel.Warning);
            text.Clear();
            if (text.Capacity > 4096) text.Capacity = 1024;
        }
    }
}
