package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A cache that any tasks may share. Their users say what the keys of its entries are made of; tasks
 * that give the same key and results of the same type share an entry, and other tasks never see it.
 *
 * @param name letters, digits, '.', '_' and '-', 1 to 100 of them
 */
public record NamedCache(String name) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");
  private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)}");
  private static final Pattern BAD = Pattern.compile("[^A-Za-z0-9._=:/-]");
  private static final int LONGEST_KEY = 250;

  public NamedCache {
    checkArgument(
        NAME.matcher(name).matches(),
        "bad name of a cache: '%s'; use 1 to 100 letters, digits, '.', '_' and '-'",
        name);
  }

  /**
   * How the keys of a task's entries are written.
   *
   * @param template text in which <code>{name}</code> stands for the argument of that parameter;
   *     may have none, for a key that is always the same
   */
  public record Key(NamedCache cache, String template) {
    public Key {
      String rest = PLACE.matcher(template).replaceAll("");
      checkArgument(
          rest.indexOf('{') < 0 && rest.indexOf('}') < 0,
          "bad key '%s': a '{' or a '}' has no other; write {argument}",
          template);
      checkArgument(!template.isEmpty(), "a key must not be empty");
    }

    /** Names of the arguments that it is made of, each once, in their order; may be empty. */
    public List<String> arguments() {
      List<String> names = new ArrayList<>();
      Matcher place = PLACE.matcher(template);
      while (place.find()) {
        if (!names.contains(place.group(1))) {
          names.add(place.group(1));
        }
      }
      return Collections.unmodifiableList(names);
    }

    /**
     * The key with texts in the places of arguments.
     *
     * @param texts what stands for arguments of it; others stay as they are, in braces
     * @throws IllegalArgumentException if the key holds what no key may, or is too long; tells the
     *     key as it came out
     */
    public String filled(Map<String, String> texts) {
      String key =
          PLACE
              .matcher(template)
              .replaceAll(
                  place -> {
                    String text = texts.get(place.group(1));
                    return Matcher.quoteReplacement(text == null ? place.group() : text);
                  });
      String words = PLACE.matcher(template).replaceAll("") + String.join("", texts.values());
      String bad = BAD.matcher(words).results().map(MatchResult::group).findFirst().orElse("");
      checkArgument(
          bad.isEmpty(),
          "key '%s' of cache '%s', from '%s', holds '%s'; use letters, digits, '.', '_', '-', '=',"
              + " ':' and '/'",
          key,
          cache.name(),
          template,
          bad);
      checkArgument(
          !key.isEmpty() && key.length() <= LONGEST_KEY,
          "key '%s' of cache '%s', from '%s', has %s characters; use 1 to %s",
          key,
          cache.name(),
          template,
          key.length(),
          LONGEST_KEY);
      return key;
    }

    /**
     * What tells apart arguments that come out as the same key, as {@code x-y} and {@code z} do
     * with {@code x} and {@code y-z} in <code>{a}-{b}</code>: empty for those that are read back
     * from the key, each up to the text that follows it in the template; of others, how long each
     * is.
     *
     * @param texts as for {@link #filled}
     */
    public String boundaries(Map<String, String> texts) {
      String key = filled(texts);
      List<String> values = new ArrayList<>();
      List<String> between = new ArrayList<>(List.of(""));
      Matcher place = PLACE.matcher(template);
      int at = 0;
      while (place.find()) {
        int last = between.size() - 1;
        between.set(last, between.get(last) + template.substring(at, place.start()));
        String text = texts.get(place.group(1));
        if (text == null) {
          between.set(last, between.get(last) + place.group());
        } else {
          values.add(text);
          between.add("");
        }
        at = place.end();
      }
      between.set(between.size() - 1, between.get(between.size() - 1) + template.substring(at));
      int from = between.get(0).length();
      boolean readBack = true;
      for (int i = 0; i < values.size() - 1; i++) { // the last one is what is left
        String next = between.get(i + 1);
        readBack &= key.indexOf(next, from) == from + values.get(i).length();
        from += values.get(i).length() + next.length();
      }
      return readBack
          ? ""
          : values.stream().map(text -> text.length() + "").collect(Collectors.joining(","));
    }

    /** As in {@code prices: price-{symbol}}. */
    @Override
    public String toString() {
      return cache.name() + ": " + template;
    }
  }
}
