using System.Text.Json;
using Xunit;

namespace FrontDoor.Gateway.Tests.Management;

/// <summary>The runtime takes no notice of a setting whose name it does not know, so only the file that it reads can be looked at.</summary>
public sealed class CollectorSettingTests
{
    [Fact]
    public void Gateway_TellsTheRuntimeHowMuchRoomFreshObjectsGet()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "gateway.runtimeconfig.json")));
        var settings = file.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        Assert.Equal(10, settings.GetProperty("System.GC.DGen0GrowthPercent").GetInt32());
        Assert.True(settings.GetProperty("System.GC.Server").GetBoolean(), "it adapts under the server collector alone");
    }
}
