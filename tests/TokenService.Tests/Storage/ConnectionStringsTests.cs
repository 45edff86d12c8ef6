using FrontDoor.TokenService.Storage;
using Npgsql;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

public sealed class ConnectionStringsTests
{
    [Fact]
    public void WhatIsLeftOpen_GetsOurDefaults()
    {
        var used = Used("Host=db;Database=tokens");
        Assert.Equal((10, 500, true, 10, 2), (used.CommandTimeout, used.CancellationTimeout, used.TcpKeepAlive, used.TcpKeepAliveTime, used.TcpKeepAliveInterval));
        Assert.Equal((2, 32, 50, true, GssEncryptionMode.Disable), (used.Timeout, used.MaxPoolSize, used.MaxAutoPrepare, used.NoResetOnClose, used.GssEncryptionMode));
    }

    [Fact]
    public void WhatIsConfigured_Stays()
    {
        var used = Used("Host=db;Command Timeout=30;Cancellation Timeout=-1;Tcp Keepalive Time=60;Timeout=9;MaxPoolSize=7;Max Auto Prepare=0;No Reset On Close=false;GSS Encryption Mode=Prefer");
        Assert.Equal((30, -1, false, 60), (used.CommandTimeout, used.CancellationTimeout, used.TcpKeepAlive, used.TcpKeepAliveTime));
        Assert.Equal((9, 7, 0, false, GssEncryptionMode.Prefer), (used.Timeout, used.MaxPoolSize, used.MaxAutoPrepare, used.NoResetOnClose, used.GssEncryptionMode));
    }

    private static NpgsqlConnectionStringBuilder Used(string configured) => new(ConnectionStrings.PostgreSql(new StorageOptions { ConnectionString = configured }));
}
