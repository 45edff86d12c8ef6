using System.Runtime.CompilerServices;
using FrontDoor.TestKit;
using Microsoft.Playwright;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>Playwright gives a page five seconds to change, which is little beside a whole suite on two cores.</summary>
internal static class BrowserPatience
{
    [ModuleInitializer]
    internal static void Set() => Assertions.SetDefaultExpectTimeout((float)Until.Patience.TotalMilliseconds);
}
