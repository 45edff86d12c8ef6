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
    private readonly IOptionsMonitor<ConsoleLoggerOptions> _options;
    private readonly Dictionary<string, ConsoleFormatter> _formatters;
    private readonly LineBuffer _output;
    private readonly LineBuffer _errors;
    private IExternalScopeProvider? _scopes;

    public BatchedConsole(IOptionsMonitor<ConsoleLoggerOptions> options, IEnumerable<ConsoleFormatter> formatters)
    {
        _options = options;
        (_output, _errors) = (new LineBuffer(Console.OpenStandardOutput(), Lost), new LineBuffer(Console.OpenStandardError(), Lost));
        _formatters = formatters.ToDictionary(formatter => formatter.Name, StringComparer.OrdinalIgnoreCase);
        // For an end that disposes of nothing: Environment.Exit, an unhandled exception.
        AppDomain.CurrentDomain.ProcessExit += Flush;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Flush;
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
        Formatter().Write(
            new LogEntry<long>(LogLevel.Warning, typeof(BatchedConsole).FullName!, default, lines, null, static (count, _) => $"{count} log lines are lost here: nobody read the output in time"), null, text);
        return text.ToString();
    }

    private ConsoleFormatter Formatter() =>
        _formatters.GetValueOrDefault(_options.CurrentValue.FormatterName ?? ConsoleFormatterNames.Simple) ?? _formatters[ConsoleFormatterNames.Simple];

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
            console.Formatter().Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), console._scopes, line);
            if (text.Length > 0) (logLevel >= console._options.CurrentValue.LogToStandardErrorThreshold ? console._errors : console._output).Add(text, hurry: logLevel >= LogLevel.Warning);
            text.Clear();
            if (text.Capacity > 4096) text.Capacity = 1024;
        }
    }
}
