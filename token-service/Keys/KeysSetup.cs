namespace FrontDoor.TokenService.Keys;

internal static class KeysSetup
{
    public static void AddKeys(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<KeyOptions>().BindConfiguration(KeyOptions.Section);
        builder.Services.AddSingleton<KeyEncryption>();
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddHostedService<LoadKeysOnStart>();
    }
}
