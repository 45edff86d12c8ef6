namespace FrontDoor.TokenService;

/// <summary>A misspelt setting refuses the start instead of being ignored.</summary>
internal static class StrictBinding
{
    public static void Of(BinderOptions binder) => binder.ErrorOnUnknownConfiguration = true;
}
