// Given names and surnames of six countries, weighted as often as people bear them (rounded from national statistics of names).
import type { Chance } from './random.ts';

export type Country = 'FR' | 'GB' | 'DE' | 'US' | 'ES' | 'IT';

/** Where the customers of a French shop live. */
export const COUNTRIES: readonly (readonly [Country, number])[] = [
  ['FR', 66],
  ['GB', 8],
  ['DE', 8],
  ['US', 6],
  ['ES', 6],
  ['IT', 6],
];

/** Written `name weight`; a head of frequent names, and a tail as in any telephone book. */
const SURNAMES: Record<Country, string> = {
  FR: 'Martin 235,Bernard 105,Thomas 98,Petit 95,Robert 93,Richard 90,Durand 84,Dubois 83,Moreau 78,Laurent 75,Simon 71,Michel 68,Lefèvre 67,Leroy 65,Roux 59,David 58,Bertrand 56,Morel 55,Fournier 54,Girard 51,Bonnet 50,Dupont 49,Lambert 47,Fontaine 45,Rousseau 44,Vincent 43,Muller 42,Faure 41,André 40,Mercier 39,Blanc 38,Guérin 36,Boyer 35,Garnier 34,Chevalier 33,François 31,Legrand 29,Gauthier 28,Garcia 27,Perrin 26,Robin 25,Clément 24,Morin 23,Nicolas 22,Henry 21,Roussel 20,Mathieu 19,Gautier 18,Masson 17,Marchand 16,Duval 15,Denis 14,Dumont 13,Marie 12,Lemaire 11,Noël 10,Meyer 9,Dufour 8,Meunier 7,Brun 6,Blanchard 5,Giraud 4,Joly 3,Rivière 3,Lucas 3,Brunet 2,Gaillard 2,Barbier 2,Arnaud 2,Le Goff 2,Kerouédan 1,Trébaol 1,Quéméneur 1',
  GB: 'Smith 130,Jones 95,Taylor 80,Brown 72,Williams 70,Wilson 58,Johnson 55,Davies 52,Patel 48,Robinson 44,Wright 42,Thompson 40,Evans 38,Walker 36,White 34,Roberts 32,Green 30,Hall 28,Wood 26,Harris 24,Clarke 20,O’Brien 8,Ashworth 3,Penhaligon 1',
  DE: 'Müller 140,Schmidt 110,Schneider 75,Fischer 65,Weber 60,Meyer 55,Wagner 50,Becker 48,Schulz 46,Hoffmann 44,Schäfer 36,Koch 34,Bauer 32,Richter 30,Klein 28,Wolf 26,Schröder 24,Neumann 22,Zimmermann 18,Krüger 16,Öztürk 8,Kähler 2',
  US: 'Smith 88,Johnson 70,Williams 59,Brown 52,Jones 51,Garcia 42,Miller 41,Davis 40,Rodriguez 38,Martinez 36,Hernandez 35,Lopez 31,Gonzalez 30,Wilson 28,Anderson 27,Thomas 26,Nguyen 16,Okafor 2',
  ES: 'García 150,Rodríguez 95,González 93,Fernández 92,López 88,Martínez 84,Sánchez 82,Pérez 78,Gómez 50,Martín 49,Jiménez 40,Ruiz 38,Hernández 36,Díaz 34,Moreno 32,Muñoz 28,Núñez 10,Etxeberria 2',
  IT: 'Rossi 90,Russo 60,Ferrari 52,Esposito 48,Bianchi 44,Romano 42,Colombo 36,Ricci 34,Marino 32,Greco 30,Bruno 28,Gallo 26,Conti 24,De Luca 22,Mancini 20,Costa 18,D’Angelo 8',
};

const GIVEN_NAMES: Record<Country, string> = {
  FR: 'Marie 90,Jean 80,Pierre 62,Michel 60,Philippe 52,Nathalie 50,Isabelle 48,Catherine 46,Nicolas 44,Sylvie 42,Christophe 40,Julien 38,Sandrine 36,Thomas 34,Céline 32,Camille 30,Aurélie 28,Émilie 26,Léa 24,Manon 22,Hugo 20,Chloé 18,Mathilde 16,Benoît 14,Anaïs 12,Gaël 6,Maëlle 5,Yann 4',
  GB: 'David 60,John 58,Susan 50,Paul 46,Sarah 44,James 42,Emma 38,Daniel 34,Jessica 28,Oliver 22,Amelia 18,Siân 3',
  DE: 'Michael 60,Sabine 50,Thomas 48,Andreas 46,Petra 40,Stefan 38,Julia 34,Anna 30,Jürgen 24,Jörg 18,Käthe 2',
  US: 'James 60,Mary 55,Robert 50,Jennifer 46,Michael 44,Linda 40,William 36,Ashley 30,Emily 26,Ethan 20,Liam 14',
  ES: 'María 90,José 60,Antonio 56,Carmen 50,Manuel 46,Ana 42,Javier 36,Lucía 30,Íñigo 4,Begoña 4',
  IT: 'Giuseppe 60,Maria 58,Antonio 50,Giovanni 46,Anna 40,Francesca 36,Luca 34,Sofia 28,Matteo 26,Niccolò 4',
};

export interface PersonName {
  given: string;
  surname: string;
}

export function drawSurname(chance: Chance, country: Country): string {
  return chance.weighted(SURNAME_TABLES[country]);
}

export function drawGivenName(chance: Chance, country: Country): string {
  return chance.weighted(GIVEN_NAME_TABLES[country]);
}

/** A name as it stands in a mailbox: `Lefèvre` is `lefevre`, `D’Angelo` is `dangelo`, `Müller` is `muller`. */
export function plainLetters(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();
}

const SURNAME_TABLES = tables(SURNAMES);
const GIVEN_NAME_TABLES = tables(GIVEN_NAMES);

function tables(written: Record<Country, string>): Record<Country, (readonly [string, number])[]> {
  const table = (list: string) =>
    list.split(',').map((entry): readonly [string, number] => {
      const [name, weight] = [entry.slice(0, entry.lastIndexOf(' ')), entry.slice(entry.lastIndexOf(' ') + 1)];
      return [name, Number(weight)];
    });
  const byCountry = Object.entries(written).map(([country, list]) => [country, table(list)]);
  return Object.fromEntries(byCountry) as Record<Country, (readonly [string, number])[]>;
}
