package dev.reprise.cache.fingerprint;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Values of every kind that has a canonical form, by name. No two of them are equal, unless their
 * names end in {@code =NAME} of the one they equal.
 */
public final class GoldenValues {
  private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

  /** A record with parts of several kinds. */
  public record Config(String name, int depth, List<Double> rates, @Nullable Object extra) {}

  /** A record with the parts of {@link Config} and another name. */
  public record Settings(String name, int depth, List<Double> rates, @Nullable Object extra) {}

  /** A record without parts. */
  public record Empty() {}

  /** An enum whose constants have bodies, and so classes of their own. */
  public enum Shape {
    ROUND {
      @Override
      int corners() {
        return 0;
      }
    },
    SQUARE {
      @Override
      int corners() {
        return 4;
      }
    };

    abstract int corners();
  }

  private GoldenValues() {}

  /** All values, in an order that does not change. */
  public static Map<String, @Nullable Object> all() throws Exception {
    GoldenValues golden = new GoldenValues();
    golden.numbers();
    golden.texts();
    golden.jdk();
    golden.time();
    golden.containers();
    golden.records();
    golden.arrays();
    return golden.values;
  }

  private void put(String name, @Nullable Object value) {
    if (values.containsKey(name)) {
      throw new IllegalStateException("two golden values are called " + name);
    }
    values.put(name, value);
  }

  private void numbers() {
    put("null", null);
    put("true", true);
    put("false", false);
    for (long n : new long[] {0, 1, -1, 42, 127, -128}) {
      put("byte " + n, (byte) n);
      put("short " + n, (short) n);
      put("int " + n, (int) n);
      put("long " + n, n);
      put("float " + n, (float) n);
      put("double " + n, (double) n);
      put("BigInteger " + n, BigInteger.valueOf(n));
      put("BigDecimal " + n, BigDecimal.valueOf(n));
    }
    put("int max", Integer.MAX_VALUE);
    put("int min", Integer.MIN_VALUE);
    put("long max", Long.MAX_VALUE);
    put("long min", Long.MIN_VALUE);
    put("float -0", -0.0f);
    put("float NaN", Float.NaN);
    put("float other NaN=float NaN", Float.intBitsToFloat(0x7fc12345));
    put("float infinity", Float.POSITIVE_INFINITY);
    put("float least", Float.MIN_VALUE);
    put("double -0", -0.0);
    put("double NaN", Double.NaN);
    put("double other NaN=double NaN", Double.longBitsToDouble(0x7ff8000000012345L));
    put("double -infinity", Double.NEGATIVE_INFINITY);
    put("double 0.1", 0.1);
    put("float 0.1", 0.1f);
    put("BigInteger 2^200", BigInteger.TWO.pow(200));
    put("BigDecimal 1.0", new BigDecimal("1.0"));
    put("BigDecimal 1.00", new BigDecimal("1.00"));
    put("BigDecimal 1E+3", new BigDecimal("1E+3"));
    put("BigDecimal 1000", new BigDecimal("1000"));
  }

  private void texts() {
    put("text empty", "");
    put("text a", "a");
    put("text 1", "1");
    put("text null", "null");
    put("text NUL", "\0");
    put("text NFC", "\u00e9");
    put("text NFD", "e\u0301");
    put("text Turkish", "\u0130i\u0131I");
    put("text Arabic", "\u0633\u0644\u0627\u0645");
    put("text emoji", "\ud83d\ude00");
    put("text high surrogate", "\ud83d");
    put("text low surrogate", "\ude00");
    put("text surrogates the wrong way round", "\ude00\ud83d");
    put("text question mark", "?");
    put("text replacement", "\ufffd");
    put("text long", "x".repeat(10_000));
    put("char a", 'a');
    put("char NUL", '\0');
    put("char high surrogate", '\ud83d');
  }

  private void jdk() throws Exception {
    put("UUID", UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"));
    put("UUID nil", new UUID(0, 0));
    put("URI", URI.create("https://example.org/a?b=c#d"));
    put("URI relative", URI.create("a/b"));
    put("URL", new URL("https://example.org/a?b=c#d"));
    put("Locale root", Locale.ROOT);
    put("Locale tr_TR", new Locale("tr", "TR"));
    put("Locale th_TH_TH", new Locale("th", "TH", "TH"));
    put("Locale sr-Latn", Locale.forLanguageTag("sr-Latn-RS"));
    put("Locale extended", Locale.forLanguageTag("de-DE-u-co-phonebk"));
    put("Currency", Currency.getInstance("EUR"));
    put("Pattern", Pattern.compile("a+"));
    put("Pattern case", Pattern.compile("a+", Pattern.CASE_INSENSITIVE));
    put("Class", String.class);
    put("Class int", int.class);
    put("Class array", int[].class);
    put("Charset", StandardCharsets.UTF_8);
    put("Charset Latin 2", java.nio.charset.Charset.forName("ISO-8859-2"));
    put("BitSet", BitSet.valueOf(new long[] {5, 1}));
    put("BitSet empty", new BitSet(1000));
    put("enum", RoundingMode.HALF_EVEN);
    put("enum of same name", DayOfWeek.MONDAY);
    put("enum with body", Shape.ROUND);
    put("fingerprint", Hasher.of("golden").finish());
  }

  private void time() {
    ZoneId kathmandu = ZoneId.of("Asia/Kathmandu");
    LocalDateTime noon = LocalDateTime.of(2001, 3, 25, 12, 0, 0, 5);
    put("Instant", Instant.ofEpochSecond(1_000_000_000, 7));
    put("Instant max", Instant.MAX);
    put("Duration", Duration.ofSeconds(1_000_000_000, 7));
    put("Duration negative", Duration.ofMillis(-1));
    put("Period", Period.of(1, 2, 3));
    put("Period days", Period.ofDays(31));
    put("Period weeks", Period.ofWeeks(1));
    put("LocalDate", noon.toLocalDate());
    put("LocalDate far", LocalDate.of(12345, 6, 7));
    put("LocalDate BC", LocalDate.of(-44, 3, 15));
    put("LocalTime", noon.toLocalTime());
    put("LocalTime noon", LocalTime.NOON);
    put("LocalDateTime", noon);
    put("OffsetDateTime", OffsetDateTime.of(noon, ZoneOffset.ofHours(2)));
    put("OffsetTime", OffsetTime.of(noon.toLocalTime(), ZoneOffset.UTC));
    put("ZonedDateTime", ZonedDateTime.of(noon, kathmandu));
    put("ZonedDateTime UTC", ZonedDateTime.of(noon, ZoneOffset.UTC));
    put("ZoneId", kathmandu);
    put("ZoneOffset", ZoneOffset.ofHoursMinutes(5, 45));
    put("Year", Year.of(2001));
    put("YearMonth", YearMonth.of(2001, 3));
    put("MonthDay", MonthDay.of(2, 29));
    put("Date", new Date(1_000_000_000_000L));
  }

  private void containers() {
    List<String> abc = List.of("a", "b", "c");
    put("list", abc);
    put("ArrayList=list", new ArrayList<>(abc));
    put("Arrays.asList=list", Arrays.asList("a", "b", "c"));
    put("unmodifiable list=list", Collections.unmodifiableList(new ArrayList<>(abc)));
    put("sub list=list", List.of("z", "a", "b", "c").subList(1, 4));
    put("list in other order", List.of("c", "b", "a"));
    put("list of list", List.of(abc));
    put("list split 1", List.of("a", "bc"));
    put("list split 2", List.of("ab", "c"));
    put("list empty", List.of());
    put("emptyList=list empty", Collections.emptyList());
    put("list of null", Collections.singletonList(null));
    put("list of ints", List.of(1, 2));
    put("list of longs", List.of(1L, 2L));
    put("deque", new ArrayDeque<>(abc));
    put("set", Set.of("a", "b", "c"));
    put("HashSet=set", new HashSet<>(abc));
    put("TreeSet", new TreeSet<>(abc));
    put("unmodifiable TreeSet=TreeSet", Collections.unmodifiableSortedSet(new TreeSet<>(abc)));
    put("ConcurrentSkipListSet=TreeSet", new ConcurrentSkipListSet<>(abc));
    put("set empty", Set.of());
    put(
        "set of ints",
        IntStream.range(0, 1000).boxed().collect(java.util.stream.Collectors.toSet()));
    put("set of enums", EnumSet.allOf(DayOfWeek.class));
    put("set of sets", Set.of(Set.of(1, 2), Set.of(3), Set.of()));
    put("map", Map.of("a", 1, "b", 2, "c", 3));
    put("TreeMap", new TreeMap<>(Map.of("a", 1, "b", 2, "c", 3)));
    put("set of enums in no order", Set.of(DayOfWeek.values()));
    Map<String, Integer> backwards = new LinkedHashMap<>();
    backwards.put("c", 3);
    backwards.put("b", 2);
    backwards.put("a", 1);
    put("LinkedHashMap", backwards);
    put("unmodifiable map=LinkedHashMap", Collections.unmodifiableMap(backwards));
    put("HashMap=map", new HashMap<>(backwards));
    put("unmodifiable HashMap=map", Collections.unmodifiableMap(new HashMap<>(backwards)));
    put("LinkedHashMap in other order", new LinkedHashMap<>(new TreeMap<>(backwards)));
    put("LinkedHashSet", new LinkedHashSet<>(abc));
    put("LinkedHashSet in other order", new LinkedHashSet<>(List.of("c", "b", "a")));
    put("map with other values", Map.of("a", 1, "b", 3, "c", 2));
    put("map empty", Map.of());
    Map<@Nullable Object, @Nullable Object> nulls = new HashMap<>();
    nulls.put(null, null);
    put("map of nulls", nulls);
    put("map of enums", new EnumMap<>(Map.of(DayOfWeek.FRIDAY, "x")));
    put("map of maps", Map.of(Map.of("k", 1), Map.of("v", Set.of(1))));
    put("entry", Map.entry("a", 1));
    put("Optional", Optional.of("a"));
    put("Optional empty", Optional.empty());
    put("Optional of Optional", Optional.of(Optional.empty()));
    put("OptionalInt", OptionalInt.of(0));
    put("OptionalInt empty", OptionalInt.empty());
    put("OptionalLong", OptionalLong.of(0));
    put("OptionalLong empty", OptionalLong.empty());
    put("OptionalDouble", OptionalDouble.of(0));
    put("OptionalDouble -0", OptionalDouble.of(-0.0));
    put("OptionalDouble empty", OptionalDouble.empty());
  }

  private void records() {
    put("record", new Config("n", 1, List.of(0.5), null));
    put("record with extra", new Config("n", 1, List.of(0.5), new Empty()));
    put("record of another class", new Settings("n", 1, List.of(0.5), null));
    put("record empty", new Empty());
    put("record in record", new Config("n", 1, List.of(), new Config("m", 2, List.of(), "x")));
    put("record with array", new Config("n", 1, List.of(), new int[] {1, 2}));
  }

  private void arrays() {
    put("byte[]", new byte[] {1, 2});
    put("byte[] empty", new byte[0]);
    put("short[]", new short[] {1, 2});
    put("int[]", new int[] {1, 2});
    put("int[] empty", new int[0]);
    put("long[]", new long[] {1, 2});
    put("char[]", new char[] {1, 2});
    put("float[]", new float[] {1, 2});
    put("double[]", new double[] {1, 2});
    put("double[] special", new double[] {Double.NaN, -0.0, 0.0});
    put("boolean[]", new boolean[] {true, false});
    put("String[]", new String[] {"a", null});
    put("Object[]", new Object[] {"a", null});
    put("Integer[]", new Integer[] {1, 2});
    put("int[][]", new int[][] {{1}, {2}});
    put("int[][] other", new int[][] {{1, 2}});
    put("int[][] with null", new int[][] {null});
  }
}
