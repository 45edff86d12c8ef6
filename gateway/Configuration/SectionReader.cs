using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Configuration;

/// <summary>Reads sections into their options, each checked by names, by values and by its registered validators.</summary>
/// <param name="settings">All settings.</param>
/// <param name="services">Has the validators: <c>IValidateOptions</c> of each options type.</param>
/// <param name="faults">Every fault is added.</param>
internal sealed class SectionReader(IConfiguration settings, IServiceProvider services, ICollection<string> faults)
{
    private readonly List<string> _known = ["AllowedHosts", "Kestrel", "Logging"];

    /// <returns>The options; with faults they are of no use.</returns>
    public T Read<T>(string section)
        where T : class, new()
    {
        var options = new T();
        if (!Check<T>(section)) return options;

        settings.GetSection(section).Bind(options);
        foreach (var fault in services.GetServices<IValidateOptions<T>>().SelectMany(v => v.Validate(null, options).Failures ?? [])) faults.Add(fault);
        return options;
    }

    /// <summary>Compares a section with its type, without reading it.</summary>
    /// <returns>Whether it can be read.</returns>
    public bool Check<T>(string section)
    {
        _known.Add(section);
        return SettingCheck.Check(settings.GetSection(section), typeof(T), faults);
    }

    /// <summary>
    /// A section whose name is nearly one that was read is a fault. The environment is part of the settings and full of other names, so others
    /// are not.
    /// </summary>
    public void RefuseNearMisses()
    {
        foreach (var section in settings.GetChildren().Where(s => s.GetChildren().Any() && !_known.Contains(s.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (NearName.Of(section.Key, _known) is { } meant) faults.Add($"{section.Key} is not a section; did you mean {meant}?");
        }
    }
}
