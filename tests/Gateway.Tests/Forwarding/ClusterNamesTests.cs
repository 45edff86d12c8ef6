using FrontDoor.Gateway.Forwarding;
using FrontDoor.Gateway.Tests.Configuration;
using Xunit;

namespace FrontDoor.Gateway.Tests.Forwarding;

public sealed class ClusterNamesTests(SharedGateway gateway)
{
    private static readonly (string, string?) Other = ("ReverseProxy:Clusters:other:Destinations:d:Address", "http://127.0.0.1:8");
    private static readonly (string, string?) Moved = ("ReverseProxy:Clusters:c:Destinations:d:Address", "http://127.0.0.1:7");
    private static readonly (string, string?) Patient = ("Resilience:Clusters:c:TotalTimeout", "00:02:00");
    private static readonly (string, string?) Tighter = ("Policies:admin:Roles:Any:0", "boss");

    [Fact]
    public void ClustersThatChangeAlone_KeepTheirNames()
    {
        Assert.Equal("c", After(Moved)["c"]);
        Assert.Equal("c", After(Patient)["C"]);
        Assert.Equal("c", After(Moved, Patient)["c"]);
    }

    [Fact]
    public void ClusterThatChangesTogetherWithAnythingElse_GetsANewName()
    {
        Assert.Equal("c@2", After(Moved, Tighter)["c"]);
        Assert.Equal("c@2", After(Patient, Tighter)["c"]);
        Assert.Equal("other", After(Moved, Tighter)["other"]);
        Assert.Equal("c", After(Tighter)["c"]);
    }

    [Fact]
    public void NewName_StaysUntilTheNextSuchChange()
    {
        var third = new ClusterNames(Read.Config(gateway.App, Other, Tighter, Moved, Patient) with { Generation = 3 }, After(Moved, Tighter));
        Assert.Equal("c@2", third["c"]);
    }

    private ClusterNames After(params (string, string?)[] changes) => new(
        Read.Config(gateway.App, [Other, .. changes]) with { Generation = 2 },
        new ClusterNames(Read.Config(gateway.App, Other) with { Generation = 1 }, null));
}
