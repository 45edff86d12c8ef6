using System.ComponentModel;
using System.Reflection;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Configuration;

/// <summary>
/// Compares what is written with the type it is read into: unknown names, values of another kind. The framework's binder stops at its first
/// finding and does not tell the path; YARP ignores names it does not know, and a misspelt <c>AuthorizationPolicy</c> would open a route to
/// any valid token.
/// </summary>
internal static class SettingCheck
{
    // YARP takes these from the entry's name.
    private static readonly PropertyInfo[] NotSettings = [typeof(RouteConfig).GetProperty(nameof(RouteConfig.RouteId))!, typeof(ClusterConfig).GetProperty(nameof(ClusterConfig.ClusterId))!];

    /// <param name="setting">What is written.</param>
    /// <param name="type">What it is read into.</param>
    /// <param name="faults">Every fault is added.</param>
    /// <returns>Whether all values can be read; unknown names do not hinder that.</returns>
    public static bool Check(IConfigurationSection setting, Type type, ICollection<string> faults)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        // YARP reads flags (SslProtocols) from a list of them.
        if (IsFlags(type)) return CheckElements(setting, "a list", flag => CheckValue(flag, type, faults), faults);
        if (ElementOf(type) is var (element, written)) return CheckElements(setting, written, child => Check(child, element, faults), faults);
        return TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string)) ? CheckValue(setting, type, faults) : CheckObject(setting, type, faults);
    }

    private static bool CheckElements(IConfigurationSection setting, string written, Func<IConfigurationSection, bool> check, ICollection<string> faults)
    {
        var sound = HasNoValue(setting, written, faults);
        foreach (var child in setting.GetChildren()) sound &= check(child);
        return sound;
    }

    private static bool CheckObject(IConfigurationSection setting, Type type, ICollection<string> faults)
    {
        var properties = PropertiesOf(type);
        var sound = HasNoValue(setting, "an object", faults);
        foreach (var child in setting.GetChildren())
        {
            if (properties.FirstOrDefault(p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is { } property) sound &= Check(child, property.PropertyType, faults);
            else faults.Add($"{child.Path} is not a setting{NearName.Hint(child.Key, properties.Select(p => p.Name))}");
        }

        return sound;
    }

    private static bool CheckValue(IConfigurationSection setting, Type type, ICollection<string> faults)
    {
        if (setting.GetChildren().Any())
        {
            faults.Add($"{setting.Path} is an object or a list; it must be a single value");
            return false;
        }

        try
        {
            // YARP takes "2" for the version 2.0.
            var value = type == typeof(Version) && setting.Value?.Contains('.') == false ? setting.Value + ".0" : setting.Value;
            if (value is not null) TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or NotSupportedException)
        {
            faults.Add($"{setting.Path} is '{setting.Value}'; it must be {Kind(type)}");
            return false;
        }
    }

    // An empty object or list is written as an empty value.
    private static bool HasNoValue(IConfigurationSection setting, string expected, ICollection<string> faults)
    {
        if (string.IsNullOrEmpty(setting.Value)) return true;
        faults.Add($"{setting.Path} is '{setting.Value}'; it must be {expected}");
        return false;
    }

    public static bool IsFlags(Type type) => type.IsEnum && type.IsDefined(typeof(FlagsAttribute), inherit: false);

    /// <summary>The settings of an object.</summary>
    public static PropertyInfo[] PropertiesOf(Type type) => [.. type.GetProperties().Where(p => p.CanWrite && !NotSettings.Contains(p))];

    /// <returns>What a list or dictionary is of, and how it is written; null for any other type.</returns>
    public static (Type Element, string Written)? ElementOf(Type type)
    {
        if (type == typeof(string)) return null;
        var element = type.GetInterfaces().Prepend(type).FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];
        if (element is null) return null;
        var isDictionary = element.IsGenericType && element.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);
        return isDictionary ? (element.GetGenericArguments()[1], "an object") : (element, "a list");
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type))}",
        _ when type == typeof(TimeSpan) => "a time such as 00:00:30",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ => $"a {type.Name}",
    };
}
