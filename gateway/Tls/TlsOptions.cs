using System.Globalization;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Tls;

/// <summary>
/// Certificates for the <c>https</c> listeners of <c>Kestrel:Endpoints</c> that name none themselves, and what browsers are told. The files are read anew when they
/// are replaced. Section <c>Tls</c>.
/// </summary>
internal sealed record TlsOptions
{
    public const string Section = "Tls";

    /// <summary>Certificates; a client gets the first that has the name it asks for, or else the first of all. Default none.</summary>
    public IReadOnlyList<CertificateOptions> Certificates { get; init; } = [];

    /// <summary>
    /// Folder of further certificates: <c>name.crt</c> or <c>name.pem</c> beside <c>name.key</c>, or folders with <c>fullchain.pem</c> and <c>privkey.pem</c>, as certbot
    /// makes them. Default none.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>Whether a request over http is answered 308 to https, but for <c>/.well-known/acme-challenge/</c>. Default false.</summary>
    public bool RedirectHttp { get; init; }

    /// <summary>The port that clients use for https, for the redirect. Default 443; from 1 to 65535.</summary>
    public int HttpsPort { get; init; } = 443;

    /// <summary>Strict-Transport-Security (RFC 6797) on every answer over https. Default: not sent.</summary>
    public HstsOptions? Hsts { get; init; }

    public bool HasCertificates => Certificates.Count > 0 || Folder is not null;
}

/// <summary>One certificate.</summary>
internal sealed record CertificateOptions
{
    /// <summary>PEM file: the certificate, then those that lead to its root.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>PEM file of its private key, without a password and readable by the gateway's user alone.</summary>
    public string KeyFile { get; init; } = "";
}

/// <summary>RFC 6797.</summary>
internal sealed record HstsOptions
{
    /// <summary>How long browsers keep to https. Default 365 days; at least 0, which takes it back.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Whether it holds for all names below, too. Default false.</summary>
    public bool IncludeSubDomains { get; init; }

    /// <summary>Whether browsers may have it built in. Default false; needs IncludeSubDomains and a year.</summary>
    public bool Preload { get; init; }

    /// <returns>The field's value.</returns>
    public string Field() =>
        string.Create(CultureInfo.InvariantCulture, $"max-age={(long)MaxAge.TotalSeconds}{(IncludeSubDomains ? "; includeSubDomains" : "")}{(Preload ? "; preload" : "")}");
}

internal sealed class TlsOptionsValidator(IHostEnvironment host, TimeProvider time) : IValidateOptions<TlsOptions>
{
    public ValidateOptionsResult Validate(string? name, TlsOptions options)
    {
        var faults = new List<string>();
        if (options.HttpsPort is < 1 or > 65535) faults.Add($"Tls:HttpsPort is {options.HttpsPort}; it must be from 1 to 65535");
        if (options.Hsts is { } hsts)
        {
            if (hsts.MaxAge < TimeSpan.Zero) faults.Add($"Tls:Hsts:MaxAge is {hsts.MaxAge}; it must be at least 0");
            // hstspreload.org takes no less.
            if (hsts.Preload && !(hsts.IncludeSubDomains && hsts.MaxAge >= TimeSpan.FromDays(365)))
                faults.Add("Tls:Hsts:Preload needs IncludeSubDomains and a MaxAge of at least 365.00:00:00");
        }

        if (CertificateFiles.Read(options, host.ContentRootPath, faults) is { } files) CertificateSet.Of(files, time.GetUtcNow(), faults);
        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
