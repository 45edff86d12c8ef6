using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Parties;

/// <summary>uWSGI with four workers on a Unix socket, as sites with Django commonly run it.</summary>
internal static class Uwsgi
{
    /// <summary>The folder of our Python files beside the program.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Django");

    public static ServerProcess Start(Workspace workspace, string name, string socket, string application, IReadOnlyDictionary<string, string> environment) =>
        ServerProcess.Start(workspace, name, Tool.Uwsgi.FullPath,
            [
                "--master", "--die-on-term", "--need-app", "--processes", "4", "--listen", "100", "--disable-logging", "--uwsgi-socket", socket, "--chmod-socket=666",
                "--pythonpath", Folder, "--module", application,
            ],
            environment, Folder);
}
