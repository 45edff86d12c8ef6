namespace FrontDoor.Benchmarks;

/// <summary>A program that a party or a load needs, and the Debian package that brings it.</summary>
internal sealed record Tool(string Program, string Package)
{
    public static readonly Tool Wrk = new("wrk", "wrk");
    public static readonly Tool H2Load = new("h2load", "nghttp2-client");
    public static readonly Tool Nginx = new("nginx", "nginx");
    public static readonly Tool HaProxy = new("haproxy", "haproxy");
    public static readonly Tool Caddy = new("caddy", "caddy");
    public static readonly Tool Uwsgi = new("uwsgi_python3", "uwsgi-plugin-python3");
    public static readonly Tool Django = new("/usr/lib/python3/dist-packages/rest_framework_simplejwt", "python3-djangorestframework-simplejwt");
    public static readonly Tool PyJwt = new("/usr/lib/python3/dist-packages/jwt", "python3-jwt");
    public static readonly Tool Psycopg = new("/usr/lib/python3/dist-packages/psycopg2", "python3-psycopg2");
    public static readonly Tool PostgreSql = new("/usr/lib/postgresql", "postgresql");

    private static readonly string[] Folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];

    public bool Present => Path.IsPathRooted(Program) ? Directory.Exists(Program) : Find() is not null;

    /// <returns>How to install those that are missing; null when all are there.</returns>
    public static string? Missing(IEnumerable<Tool> tools)
    {
        string[] packages = [.. tools.Where(tool => !tool.Present).Select(tool => tool.Package).Distinct()];
        return packages.Length == 0 ? null : $"needs: apt-get install {string.Join(' ', packages)}";
    }

    /// <summary>Throws when one of them is missing.</summary>
    public static void Require(IEnumerable<Tool> tools)
    {
        if (Missing(tools) is { } needs) throw new BenchmarkException(needs);
    }

    /// <summary>The program's full path; Debian keeps servers in /usr/sbin, which not everybody has in PATH.</summary>
    public string FullPath => Find() ?? throw new BenchmarkException($"{Program} is missing; apt-get install {Package}");

    private string? Find() => Folders.Select(folder => Path.Combine(folder, Program)).FirstOrDefault(File.Exists);
}
