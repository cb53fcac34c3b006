// Cards as requests give and answers show them, for OpenAPI; cards/card.cpp reads and makes them.
#include "kernel/modules/api/schemas.hpp"
#include "kernel/modules/cards/routes/routes.hpp"

namespace florin {

using namespace schema;

Json card_request_schema() {
  return object({{"number", text("Blanks and dashes are fine.", 40)},
                 {"exp_month", integer("1 to 12")},
                 {"exp_year", integer("Two or four digits.")},
                 {"cvc", text("Never stored.", 4)},
                 {"holder", text("", 100)},
                 {"country", text("Of the issuer, when known.", 2)}},
                {"number", "exp_month", "exp_year"});
}

std::map<std::string, Json> card_schemas() {
  return {{"CardFace", object({{"brand", text()},
                               {"last4", text()},
                               {"bin", text("The first six digits.")},
                               {"exp_month", integer()},
                               {"exp_year", integer()},
                               {"fingerprint", text("Equal for equal cards; says nothing about the number.")},
                               {"country", nullable(text("Of the issuer, ISO 3166-1."))},
                               {"holder", text()}},
                              {"brand", "last4", "exp_month", "exp_year", "fingerprint"})}};
}

}  // namespace florin
