using System.Diagnostics;
using Xunit;

namespace FrontDoor.TestKit;

/// <summary>
/// What a test needs beyond the SDK. On a developer's machine its absence skips the test and says why; with CI=true it fails.
/// </summary>
public static class Needs
{
    public static string Chromium()
    {
        string[] places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];
        var found = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? places.FirstOrDefault(File.Exists);
        if (found is null) Missing("no Chromium found; install it or set CHROMIUM_PATH");
        return found!;
    }

    public static void Docker()
    {
        if (!Answers("docker", "info")) Missing("no Docker engine answers `docker info`");
    }

    /// <returns>A Python that has djangorestframework-simplejwt and what it needs to check ES256.</returns>
    public static string SimpleJwt()
    {
        // The distribution's own first: another one in the PATH may lack its packages.
        string[] pythons = ["/usr/bin/python3", "python3"];
        var found = Environment.GetEnvironmentVariable("SIMPLEJWT_PYTHON")
            ?? pythons.FirstOrDefault(python => Answers(python, "-c", "import rest_framework_simplejwt, cryptography"));
        if (found is null) Missing("no Python imports rest_framework_simplejwt and cryptography; install python3-djangorestframework-simplejwt and python3-cryptography or set SIMPLEJWT_PYTHON");
        return found!;
    }

    /// <summary>gunicorn and uWSGI with Django, Django REST framework and simplejwt for the system's Python.</summary>
    public static void DjangoServers()
    {
        if (!Answers("/usr/bin/python3", "-c", "import django, rest_framework, rest_framework_simplejwt, jwt, cryptography"))
            Missing("/usr/bin/python3 has no Django with REST framework and simplejwt");
        if (!Answers("gunicorn", "--version")) Missing("no gunicorn found");
        if (!Answers("uwsgi", "--version")) Missing("no uwsgi found");
    }

    private static void Missing(string what)
    {
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase)) Assert.Fail($"CI=true and {what}");
        Assert.Skip(what);
    }

    private static bool Answers(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEndAsync();
            process.StandardError.ReadToEndAsync();
            return process.WaitForExit(Until.Patience) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // not installed
        }
    }
}
