package dev.reprise.cache.codec;

/**
 * Carries a refusal out of Kryo, whose serializers declare no exception; each level that it leaves
 * adds its segment in front of the path. {@link KryoCodec} turns it into a {@link
 * NoCodecException}.
 */
final class Unencodable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final String why;

  Unencodable(String why) {
    this("", why);
  }

  private Unencodable(String path, String why) {
    super(path.isEmpty() ? why : path + ": " + why, null, false, false);
    this.path = path;
    this.why = why;
  }

  NoCodecException refusal() {
    return new NoCodecException(path.isEmpty() ? why : path + ": " + why);
  }

  Unencodable under(String segment) {
    return new Unencodable(segment + path, why);
  }
}
