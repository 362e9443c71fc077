package dev.reprise.cli.cache;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.base.Durations;
import dev.reprise.cache.base.Saturating;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.index.CacheEntry;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.EntryFormat;
import dev.reprise.cache.index.IndexBatch;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.index.IndexSettings.Start;
import dev.reprise.cache.store.StoredManifest;
import dev.reprise.cli.base.CommandContext;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.cli.base.HelpOption;
import dev.reprise.cli.base.LockOption;
import dev.reprise.cli.base.OutputOption;
import dev.reprise.cli.base.SettingOptions;
import dev.reprise.config.Settings;
import dev.reprise.config.UsageException;
import dev.reprise.console.JsonText;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise cache edit}: changes when an entry expires. */
@Command(
    name = "edit",
    sortOptions = false,
    description = {
      "Changes when an entry expires. What it holds and where it came from cannot be edited: it is"
          + " the result of its key, or 'cache evict' removes it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reprise cache edit 3c9e12ab --expires 7d",
      "  reprise cache edit 3c9e12ab --expires never"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "2:bad usage, or no such entry",
      "5:the index or the store cannot be used",
      "7:another process holds the index"
    })
final class EditCommand implements Callable<Integer> {
  private static final String NEVER = "never";

  private final CommandContext context;

  @Parameters(paramLabel = "KEY", description = "the key, or how it begins")
  private String key = "";

  @Option(
      names = "--expires",
      paramLabel = "TIME",
      required = true,
      description = "so long from now, such as 90m or 7d, 0s for now; or never")
  private String expires = "";

  @Mixin private final OutputOption output = new OutputOption();
  @Mixin final LockOption lock;
  @Mixin final SettingOptions options;
  @Mixin final HelpOption help = new HelpOption();

  EditCommand(CommandContext context) {
    this.context = context;
    this.options = new SettingOptions(context.flags());
    this.lock = new LockOption(context.flags());
  }

  @Override
  public Integer call() throws IOException, CommandException {
    String prefix = EntryFilter.checkKey("KEY", key);
    long until = expiry();
    Settings settings = context.settingsOfHome();
    if (!WritableHome.exists(settings)) {
      throw new UsageException("no key begins with '" + prefix + "': there is no index");
    }
    CacheEntry edited =
        WritableHome.grow(
            context, settings, "cache edit", Start.SOUND, home -> edit(home, prefix, until));
    String at = until == CacheEntry.NEVER ? null : Instant.ofEpochMilli(until).toString();
    report(EntryRow.of(edited), at);
    return ExitCode.OK.code();
  }

  private long expiry() {
    if (expires.strip().equalsIgnoreCase(NEVER)) {
      return CacheEntry.NEVER;
    }
    try {
      long millis = Saturating.millis(Durations.parse(expires));
      return Saturating.sum(context.clock().millis(), millis);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--expires: %s is no time; write 90m, 7d or never".formatted(Text.quote(expires)));
    }
  }

  /**
   * Puts the record in the store first, from which a rebuild would take it, then the entry: what is
   * cut short leaves the one or the other, and both are true.
   */
  private static CacheEntry edit(WritableHome home, String prefix, long until)
      throws CacheUnavailableException, IOException {
    CacheEntry entry = ShowCommand.find(prefix, home.index());
    CacheEntry edited =
        new CacheEntry(entry.key(), entry.manifest(), entry.origin(), entry.createdMillis(), until);
    Bytes record = null;
    if (!entry.manifest().blobs().isEmpty()) {
      record = EntryFormat.encode(edited);
      home.store()
          .writeManifest(
              entry.origin().run(), new StoredManifest(home.scope(), entry.key().digest(), record));
    }
    IndexBatch batch = new IndexBatch();
    batch.add(new Change.Put(edited));
    home.index().write(batch);
    if (record != null) {
      home.store().removeManifests(home.scope(), entry.key().digest(), record);
    }
    return edited;
  }

  private void report(EntryRow row, @Nullable String at) {
    if (output.json()) {
      context
          .out()
          .println(JsonText.document().text("key", row.key().toString()).text("expires", at).end());
    } else {
      context
          .out()
          .printf(
              "%s (%s) expires %s%n", row.shortKey(), row.unit(), at == null ? NEVER : "at " + at);
    }
  }
}
