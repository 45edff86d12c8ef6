using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Upstream;

internal sealed class UpstreamOptionsValidator : IValidateOptions<UpstreamOptions>
{
    public ValidateOptionsResult Validate(string? name, UpstreamOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (cluster, upstream) in options.Clusters)
        {
            var path = $"Upstream:Clusters:{cluster}";
            if (upstream.ClientCertificateFile is null != upstream.ClientKeyFile is null)
                faults.AddError($"{path} has one of ClientCertificateFile and ClientKeyFile; they go together");
            if (upstream.ConnectionLifetime != TimeSpan.Zero && (upstream.ConnectionLifetime < TimeSpan.FromSeconds(1) || upstream.ConnectionLifetime > TimeSpan.FromDays(1)))
                faults.AddError($"{path}:ConnectionLifetime is {upstream.ConnectionLifetime}; it must be 00:00:00, or from 00:00:01 to 1.00:00:00");
            if (upstream.IdleTimeout < TimeSpan.FromMilliseconds(100) || upstream.IdleTimeout > TimeSpan.FromHours(1))
                faults.AddError($"{path}:IdleTimeout is {upstream.IdleTimeout}; it must be from 00:00:00.1 to 01:00:00");
            UpstreamTls.Read(upstream, path, fault => faults.AddError(fault));
        }

        return faults.Build();
    }
}
