/** Who calls: OpenID Connect tokens, API keys, and the embedded sign-in of development. */
@NullMarked
package dev.rekindle.gateway.auth;

import org.jspecify.annotations.NullMarked;
