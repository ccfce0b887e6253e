package io.intake.gateway.audit;

/**
 * Who is at the other end of a session.
 *
 * @param partner its id; {@code unknown} where nobody has logged in under a known one
 * @param session an id of the session
 * @param address where it comes from
 */
public record Identity(String partner, String session, String address) {}
