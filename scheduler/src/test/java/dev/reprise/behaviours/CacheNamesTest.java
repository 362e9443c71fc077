package dev.reprise.behaviours;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.api.Pipeline;
import dev.reprise.cache.testing.Shows;
import dev.reprise.cli.CliLab;
import dev.reprise.cli.CliLab.Ran;
import dev.reprise.task.NamedCache;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Named caches as objects on the command line. */
class CacheNamesTest {
  private static final NamedCache PRICES = new NamedCache("prices");
  private static final NamedCache LENGTHS = new NamedCache("lengths");

  @TempDir Path folder;
  private CliLab lab;

  static String quote(String symbol) {
    Bodies.ran("quote");
    return symbol;
  }

  static String bulk(String symbol) {
    Bodies.ran("bulk");
    return symbol.repeat(200_000);
  }

  static int length(String quote) {
    Bodies.ran("length");
    return quote.length();
  }

  static String plain(String symbol) {
    Bodies.ran("plain");
    return symbol;
  }

  @BeforeEach
  void prepare() {
    Bodies.take();
    lab = new CliLab(folder);
    lab.with("p", CacheNamesTest::define);
    lab.with(
        "q", q -> q.step("bulk", task(CacheNamesTest::bulk).keptIn(PRICES, "bulk"), q.value("Q")));
    lab.with("r", r -> r.step("plain", task(CacheNamesTest::plain), r.value("R")));
  }

  private static void define(Pipeline.Builder p) {
    var symbol = p.param("symbol", "A");
    var quote =
        p.step("quote", task(CacheNamesTest::quote).keptIn(PRICES, "price-{symbol}"), symbol);
    p.step("length", task(CacheNamesTest::length).keptIn(LENGTHS, "of/{quote}"), quote);
    p.step("plain", task(CacheNamesTest::plain), symbol);
  }

  private void quoteSymbols(String... symbols) {
    for (String symbol : symbols) {
      ok("run", "p", "--param", "symbol=" + symbol);
    }
  }

  private String ok(String... arguments) {
    Ran ran = lab.run(arguments);
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.out();
  }

  private String json(String line) {
    List<String> all = new ArrayList<>(List.of(line.split(" ")));
    all.addAll(List.of("--output", "json"));
    return ok(all.toArray(String[]::new)).replaceAll("\\s+", "");
  }

  @Test
  @Shows("Argo 2")
  void names_keysOfManyRuns_areCountedByCacheWithWritersAndLastHit() {
    quoteSymbols("A", "BB", "CCC", "DDDD", "EEEEE", "FFFFFF");
    ok("run", "q");

    assertThat(json("cache names"))
        .containsPattern(
            "\\{\"named_cache\":\"lengths\",\"entries\":6,\"bytes\":\\d+,\"oldest\":\"20[^\"]+\","
                + "\"newest\":\"20[^\"]+\",\"last_hit\":null,"
                + "\"writers\":\\[\\{\"pipeline\":\"p\",\"step\":\"length\",\"entries\":6}]}")
        .containsPattern(
            "\\{\"named_cache\":\"prices\",\"entries\":7,\"bytes\":20\\d{4},.*\"last_hit\":null,"
                + "\"writers\":\\[\\{\"pipeline\":\"p\",\"step\":\"quote\",\"entries\":6},"
                + "\\{\"pipeline\":\"q\",\"step\":\"bulk\",\"entries\":1}]}");
    assertThat(ok("cache", "names"))
        .containsPattern("NAME +ENTRIES +SIZE +OLDEST +NEWEST +LAST HIT +WRITTEN BY\n")
        .containsPattern("prices +7 .* never +p\\.quote, q\\.bulk\n");

    ok("run", "q");
    assertThat(json("cache names"))
        .containsPattern("\"prices\",\"entries\":7,[^\\[]*\"last_hit\":\"20")
        .containsPattern("\"lengths\",\"entries\":6,[^\\[]*\"last_hit\":null");
    assertThat(json("cache names --conf environment=other")).contains("\"caches\":[]");
  }

  @Test
  void names_noneThere_saysSo() {
    assertThat(ok("cache", "names")).startsWith("no named caches in ");
    ok("run", "r");
    assertThat(ok("cache", "names")).startsWith("no named caches in ");
    assertThat(json("cache names")).contains("\"caches\":[]");
    assertThat(ok("cache", "ls")).doesNotContain("NAMED KEY");
    assertThat(json("cache ls")).doesNotContain("named_");
  }

  @Test
  void names_indexBuiltAnewFromTheStore_hasThoseOfBlobs() {
    ok("run", "q");
    ok("cache", "rebuild", "--anew");

    assertThat(json("cache names")).contains("\"named_cache\":\"prices\",\"entries\":1");
  }

  @Test
  void ls_named_showsItsEntriesWithTheirKeys() {
    quoteSymbols("A", "B");

    assertThat(ok("cache", "ls", "--named", "prices"))
        .contains("NAMED KEY", "prices price-A", "prices price-B", "2 entries")
        .doesNotContain("of/");
    assertThat(json("cache ls --named lengths"))
        .contains("\"named_cache\":\"lengths\",\"named_key\":\"of/{quote}\"", "\"total\":2,");
    assertThat(json("cache ls --named prices --step length")).contains("\"total\":0,");
    assertThat(json("cache ls")).contains("\"total\":6,");
    String key = json("cache ls --named prices").replaceFirst(".*?\"key\":\"([0-9a-f]+)\".*", "$1");
    assertThat(ok("cache", "show", key)).contains("kept in   cache prices, key price-B");
  }

  @Test
  void evict_named_removesThatCacheAlone() {
    quoteSymbols("A", "B");
    Bodies.take();

    assertThat(ok("cache", "evict", "--named", "prices", "--dry-run"))
        .contains("would remove 2 entries");
    quoteSymbols("A", "B");
    assertThat(Bodies.take()).isEmpty();

    assertThat(ok("cache", "evict", "--named", "prices")).contains("removed 2 entries");
    assertThat(json("cache names")).contains("\"lengths\",\"entries\":2").doesNotContain("prices");
    quoteSymbols("A", "B");
    assertThat(Bodies.take()).containsExactly("quote", "quote");
  }

  @Test
  void pin_named_pinsThatCacheAlone() {
    quoteSymbols("A", "B");

    assertThat(json("cache pin --named prices")).contains("\"entries\":2,");
    assertThat(json("cache ls --pinned")).contains("\"total\":2,");
    assertThat(json("cache ls --pinned --named lengths")).contains("\"total\":0,");
    assertThat(json("cache unpin --named lengths")).contains("\"unpinned\":0");
    assertThat(json("cache unpin --named prices")).contains("\"unpinned\":2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cache ls",
        "cache ls --step plain",
        "cache ls --pinned",
        "cache evict",
        "cache evict --dry-run",
        "cache pin",
        "cache pin --used-by latest",
        "cache unpin",
        "cache promote --to prod --conf environment.parents=prod"
      })
  void named_noSuchCache_isRefusedWithTheNearest(String command) {
    quoteSymbols("A");

    Ran ran = lab.run((command + " --named price").split(" "));

    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .contains(
            "--named: no entry is in a cache named 'price' ('reprise cache names' lists all); did you mean 'prices'?");
    assertThat(json("cache ls")).contains("\"total\":3,");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a/b | --named: bad name of a cache: 'a/b'; use 1 to 100 letters, digits, '.', '_' and '-'",
        "''  | --named is empty; give it a value, or leave it out"
      })
  void named_badName_isRefused(String name, String message) {
    for (String command : List.of("ls", "evict", "pin", "unpin")) {
      Ran ran = lab.run("cache", command, "--named", name);

      assertThat(ran.exit()).isEqualTo(2);
      assertThat(ran.err()).contains(message);
    }
  }
}
